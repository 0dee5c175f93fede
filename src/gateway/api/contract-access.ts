// The HTTP contract of logging in. Runs in a browser: no Node imports.

import { z } from 'zod';

/** Body of POST /api/login: one of the local key, the token, or name and password. */
export const Login = z
  .union([
    z.strictObject({ key: z.string().min(1).max(512) }),
    z.strictObject({ token: z.string().min(1).max(512) }),
    z.strictObject({ name: z.string().min(1).max(64), password: z.string().min(1).max(512) }),
  ])
  .meta({ id: 'Login' });

/** Who the server takes the caller for. */
export const Session = z
  .object({
    principal: z.object({ id: z.string(), kind: z.enum(['anyone', 'key', 'token', 'user']) }),
    grants: z.array(z.enum(['view', 'listen', 'control', 'configure'])),
  })
  .meta({ id: 'Session' });

export type Login = z.infer<typeof Login>;
export type Session = z.infer<typeof Session>;
