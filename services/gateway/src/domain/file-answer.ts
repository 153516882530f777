/** Media types that a browser shows or plays and that run nothing. Others, markup and SVG among them, are only ever saved. */
const shown: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/wav': 'wav',
  'audio/webm': 'weba',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'text/plain': 'txt',
};

/** Types that may be named but are saved, not shown: browsers open them in programs of their own. */
const saved: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'text/csv': 'csv',
  'text/vcard': 'vcf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

export interface FileAnswer {
  contentType: string;
  disposition: 'inline' | 'attachment';
  name: string;
}

/** How a file that somebody else wrote is given to a browser. `told`: its types as told, the more trusted first; empty ones are passed over. */
export function fileAnswer(file: { name: string; index: number }, told: string[]): FileAnswer {
  const type =
    told.map((one) => one.split(';', 1)[0]!.trim().toLowerCase()).find((one) => one !== '' && one !== 'application/octet-stream') ?? '';
  const isShown = Object.hasOwn(shown, type);
  const extension = isShown ? shown[type] : Object.hasOwn(saved, type) ? saved[type] : undefined;
  return {
    contentType: type === 'text/plain' ? 'text/plain; charset=utf-8' : extension === undefined ? 'application/octet-stream' : type,
    disposition: isShown ? 'inline' : 'attachment',
    name: cleanName(file.name) || `attachment-${file.index + 1}.${extension ?? 'bin'}`,
  };
}

/** Without what would end or fold a header, and without a path. */
function cleanName(name: string): string {
  return name
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .split(/[/\\]/)
    .at(-1)!
    .trim();
}
