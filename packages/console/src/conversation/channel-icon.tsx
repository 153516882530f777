import { AtSign, Camera, Globe, Mail, MessageCircle, MessageSquareText, Phone, Send } from 'lucide-react';
import type { Channel } from '../data/types.ts';
import { useTexts } from '../texts/texts.tsx';

const icons = {
  sms: MessageSquareText,
  whatsapp: MessageCircle,
  telegram: Send,
  email: Mail,
  web: Globe,
  voice: Phone,
  instagram: Camera,
  facebook: AtSign,
} as const satisfies Record<Channel, unknown>;

export function ChannelIcon({ channel }: { channel: Channel }) {
  const t = useTexts();
  const Icon = icons[channel];
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <Icon size={12} aria-hidden />
      {t.channels[channel]}
    </span>
  );
}
