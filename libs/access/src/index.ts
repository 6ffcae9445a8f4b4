export type { Requester } from './requester.ts';
export { newToken, TokenAuthenticator } from './token-authenticator.ts';
export { AllowAnonymous, TokenGuard } from './token.guard.ts';
export { AccessModule } from './access.module.ts';
