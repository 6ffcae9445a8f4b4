import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { SetMetadata, UnauthorizedException } from '@nestjs/common';
import type { AuditTrail } from '@precedent/kernel';
import type { Requester } from './requester.ts';
import type { TokenAuthenticator } from './token-authenticator.ts';

const ANONYMOUS = 'precedent:anonymous';

/** Marks a route that tells nothing about patients and may be asked without a token (liveness, the API description). */
export const AllowAnonymous = (): ReturnType<typeof SetMetadata> => SetMetadata(ANONYMOUS, true);

interface AskedRequest {
  readonly headers: { readonly authorization?: string };
  requester?: Requester;
}

/** Every route asks for the token unless it says otherwise. A refusal is audited: someone tried a door. */
export class TokenGuard implements CanActivate {
  readonly #authenticator: TokenAuthenticator;
  readonly #audit: AuditTrail;

  constructor(authenticator: TokenAuthenticator, audit: AuditTrail) {
    this.#authenticator = authenticator;
    this.#audit = audit;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (Reflect.getMetadata(ANONYMOUS, context.getHandler()) === true) return true;
    const request = context.switchToHttp().getRequest<AskedRequest>();
    const requester = this.#authenticator.authenticate(request.headers.authorization);
    if (requester === null) return this.#refuse();
    request.requester = requester;
    return true;
  }

  async #refuse(): Promise<never> {
    await this.#audit.record([{ code: 'access-denied', outcome: 'failure', actor: 'anonymous' }]);
    throw new UnauthorizedException('Send the token of the data directory as "Authorization: Bearer …".');
  }
}
