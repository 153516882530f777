import { Type } from 'typebox';
import { Id, Time } from './common.ts';

export const AttachmentParams = Type.Object({
  message_id: Id('msg'),
  index: Type.String({ description: 'Its place in `attachments`, from 0.', examples: ['0'] }),
});

/** Any bytes. */
export const FileContent = {
  description: 'The file.',
  headers: { 'content-disposition': { type: 'string', description: 'Its name, and whether it is to be shown or saved.' } },
  content: { '*/*': { schema: Type.String() } },
};

export const CreateAttachmentLink = Type.Object(
  { expires_in_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, default: 300 })) },
  { title: 'CreateAttachmentLink', additionalProperties: false },
);

export const AttachmentLink = Type.Object(
  { url: Type.String({ examples: ['https://baton.example.com/attachments/…'] }), expires_at: Time },
  { title: 'AttachmentLink' },
);
