import './styles.css';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './app/router.tsx';
import { ThemeProvider } from './app/theme.tsx';
import { SessionProvider } from './session/session.tsx';
import { TextsProvider } from './texts/texts.tsx';

// The style elements that dialogs write into the page carry it; the policy of the page lets no others in.
setNonce(document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '');

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider>
        <TextsProvider>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </TextsProvider>
      </ThemeProvider>
    </StrictMode>,
  );
