/** What we read of the vendor's answers, beside the lists. */
import { z } from 'zod';

export const Booking = z.object({ pickupId: z.string(), bookingReference: z.string().min(1) });

export const WebhookBody = z.object({ type: z.string(), data: z.unknown() });

export const WebhookData = z.object({ pickupId: z.string().min(1) });
