/** Who asks. Until the hospital's OIDC issuer is connected there is one local identity, known by the token file. */
export interface Requester {
  readonly subject: string;
}
