// The face of the room: identified studies in, de-identified ones out.
export type {
  CleanedOutcome,
  DeidAction,
  DeidentifiedAttributes,
  DeidentifiedInstance,
  DeidentifiedStudy,
  QuarantinedInstance,
  QuarantineReason,
} from './domain/types.ts';
export type { DeidentifiedStudyOutcome, DeidentifierOptions, DeidentifierParts } from './deidentifier.ts';
export { Deidentifier } from './deidentifier.ts';
export { StudyDeidentifier } from './study-deidentifier.ts';
export type { DeidentifiedObject, ObjectKeys, ObjectOutcome } from './deidentify-object.ts';
export type {
  MaskSource,
  PixelCleaner,
  PixelCleaning,
  PixelMask,
  PixelReplacement,
  PixelRequest,
} from './domain/pixel-cleaning.ts';
export type { DeidKeys } from './domain/pseudonyms.ts';
export type { DeidProfile, ProfileRules } from './domain/profile.ts';
export { createDeidKeys, loadDeidKeys } from './adapters/key-file.ts';
export { loadDeidProfile } from './adapters/profile-file.ts';
export type { OpenPixelCleaner, PixelCleanerSettings } from './adapters/pixel-cleaner.ts';
export type { OpenDeidentifier } from './adapters/open-deidentifier.ts';
export { openDeidentifier } from './adapters/open-deidentifier.ts';
export { openPixelCleaner } from './adapters/pixel-cleaner.ts';
export { cleanOutcome } from './clean-outcome.ts';
export type { DeidErrorCode } from './deid.errors.ts';
export { DEID_ERRORS } from './deid.errors.ts';
export type {
  FrameInspection,
  FramesInspection,
  Held,
  Inspection,
  InspectionRequest,
  PictureSink,
  PipelineVerdict,
} from './domain/inspection-types.ts';
export type { InspectorOptions } from './inspect-object.ts';
export { ObjectInspector } from './inspect-object.ts';
export type { DirectoryCounts, DirectoryJob } from './deidentify-directory.ts';
export { deidentifyDirectory } from './deidentify-directory.ts';
export type { ReportLine } from './treat-file.ts';
export type { DeidConfig } from './deid.config.ts';
export { deidConfigSchema } from './deid.config.ts';
export { DeidModule } from './deid.module.ts';
export type {
  Identity,
  PseudonymKind,
  SealedRow,
  SourceIdentity,
  SourcePatient,
  VaultKey,
} from './vault/domain/types.ts';
export type { Purpose, ReidentificationRequest, RequestState } from './vault/domain/requests.ts';
export { PURPOSES } from './vault/domain/requests.ts';
export type { KeyUse, Place } from './vault/adapters/sealed-rows.ts';
export type { Operator } from './vault/adapters/operator-rows.ts';
export type { VaultKeys } from './vault/adapters/vault-keys.ts';
export type { KeyState, RotationSlice } from './vault/rotate-keys.ts';
export type { Verification } from './vault/verify-vault.ts';
export type { VaultLimits, VaultParts } from './vault/vault-parts.ts';
export { openVaultDatabase } from './vault/open-vault-database.ts';
export { openVaultKeys, Vault } from './vault/vault.ts';
export { deidSchema, vaultSchema } from './vault/vault.schema.ts';
export type { VaultErrorCode } from './vault/vault.errors.ts';
export { VAULT_ERRORS, vaultError } from './vault/vault.errors.ts';
