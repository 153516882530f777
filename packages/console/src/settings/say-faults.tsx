import { BatonApiError } from '@baton/sdk/errors.ts';
import { sayError } from '../conversation/errors.ts';
import { useTexts } from '../texts/texts.tsx';
import { Notice } from '../ui/notice.tsx';

/** Why a form was refused, with the fields that are wrong by the names that the API gives them. */
export function SayFaults({ error }: { error: unknown }) {
  const t = useTexts();
  const faults = error instanceof BatonApiError ? error.errors : [];
  return (
    <Notice tone="danger" live>
      {faults.length === 0 && sayError(error, t)}
      <ul>
        {faults.map(({ path, message }) => (
          <li key={`${path} ${message}`} className="break-words">
            <code className="font-mono text-xs">{path.replace(/^\//, '').replaceAll('/', '.')}</code> {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
