import { requireAddress } from '../../http/parameters.ts';

/** Phone and e-mail of a body in their one spelling. */
export function givenAddresses(body: { phone?: string | null; email?: string | null }): {
  phone: string | undefined;
  email: string | undefined;
} {
  return {
    phone: body.phone == null ? undefined : requireAddress('sms', '/phone', body.phone),
    email: body.email == null ? undefined : requireAddress('email', '/email', body.email),
  };
}
