import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL } from '@precedent/kernel';
import { TokenAuthenticator } from './token-authenticator.ts';
import { TokenGuard } from './token.guard.ts';

/** Puts the guard before every route of the application: a new route is closed until it says otherwise. */
@Module({})
export class AccessModule {
  static register(token: string): DynamicModule {
    return {
      module: AccessModule,
      providers: [
        {
          provide: APP_GUARD,
          inject: [AUDIT_TRAIL],
          useFactory: (audit: AuditTrail) => new TokenGuard(new TokenAuthenticator(token), audit),
        },
      ],
    };
  }
}
