const hour = 3_600_000;

/** WhatsApp lets a business write freely for 24 hours after the customer's last message. */
export const windowMs = 24 * hour;
/** `window.closing` comes so long before the end. */
export const closingNoticeMs = hour;

/** The end of the window that an inbound message opens. A provider's clock may lag behind ours, never run ahead of it. */
export function windowAfter(sentAt: Date, receivedAt: Date): Date {
  return new Date(Math.min(sentAt.getTime(), receivedAt.getTime()) + windowMs);
}

/** Whether free-form text may go out. Outside WhatsApp always. */
export function canSendFreeForm(at: { channel: string; window_expires_at: Date | null }, now: Date): boolean {
  return at.channel !== 'whatsapp' || (at.window_expires_at !== null && at.window_expires_at > now);
}
