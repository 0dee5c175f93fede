// The whole page: the bar, and below it the wall, the opened camera with what is known of it, or the words for why not.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { AboutOpened } from './about/about-opened.tsx';
import { Bar, Ways } from './bar.tsx';
import { dialog } from './dialog-state.ts';
import { EmptyPage } from './forms/add-page.tsx';
import { ManageDialog } from './forms/manage-dialog.tsx';
import { managedPage } from './forms/managed-page.tsx';
import { full } from './full-screen.ts';
import { t } from './i18n.ts';
import { Menu } from './menu.tsx';
import { nameOf } from './names.ts';
import { KeysDialog } from './opened/keys-dialog.tsx';
import { Notices } from './notices.tsx';
import { Opened } from './opened/opened.tsx';
import { routedId } from './route.ts';
import { cameras, lostSinceMs } from './state.ts';
import { keepOnly } from './tiles/tiles.ts';
import { followAbove } from './wall/room.ts';
import { Wall } from './wall/wall.tsx';

export function App(): JSX.Element {
  const above = useRef<HTMLDivElement>(null);
  const filled = full.value && routedId.value !== null;
  useEffect(() => followAbove(above.current!), []);
  return (
    <>
      <div ref={above} hidden={filled}>
        <Bar />
        <Notices />
      </div>
      <main>
        <Content />
      </main>
      {!filled && <Ways />}
      <Menu />
      {dialog.value?.kind === 'keys' && <KeysDialog />}
      <ManageDialog />
    </>
  );
}

function Content(): JSX.Element {
  const list = cameras.value;
  const id = routedId.value;
  const opened = list?.find((camera) => camera.id === id);
  const title = opened === undefined ? 'Sightline' : `${nameOf(opened)} · Sightline`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (list !== null) keepOnly(list);
  }, [list]);
  const managed = managedPage();
  if (managed !== null) return managed;
  if (list === null) return <Waiting />;
  if (list.length === 0) return <EmptyPage />;
  if (opened !== undefined) {
    return (
      <div class="page">
        <Opened key={opened.uid} camera={opened} />
        {!full.value && <AboutOpened key={opened.uid} camera={opened} />}
      </div>
    );
  }
  return (
    <>
      {id !== null && <Unknown id={id} />}
      <Wall cameras={list} />
    </>
  );
}

function Unknown({ id }: { readonly id: string }): JSX.Element {
  return (
    <section class="words">
      <h1>{t().page.unknownCamera(id)}</h1>
      <p>{t().page.unknownCameraWhy}</p>
    </section>
  );
}

/** Nothing for the moment that an answer takes; words as soon as there is something to say. */
function Waiting(): JSX.Element | null {
  if (lostSinceMs.value === null) return null;
  return (
    <section class="words">
      <h1>{t().page.silent}</h1>
    </section>
  );
}
