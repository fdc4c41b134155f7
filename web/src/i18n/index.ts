// Which language the page speaks. A catalogue is loaded when it is chosen, so that nobody loads two.
import { useSyncExternalStore } from "react";
import { createTranslator } from "use-intl";
import type en from "./en.json";

export type Messages = typeof en;
type Catalogue = { readonly locale: string; readonly load: () => Promise<Messages> };

/** Each language with the locale its dates, numbers and money are written in. */
export const LANGUAGES = {
  en: { locale: "en-GB", load: async () => (await import("./en.json")).default },
  es: { locale: "es-ES", load: async () => (await import("./es.json")).default },
} as const satisfies Record<string, Catalogue>;
export type Language = keyof typeof LANGUAGES;

/** Languages in their own words, so that they are found by who reads only that one. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", es: "Español" };

interface Spoken {
  readonly language: Language;
  readonly locale: string;
  readonly messages: Messages;
}
const STORE = "daybook-language";
let spoken: Spoken | undefined;
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** The language to use for a BCP 47 tag such as `es-MX`; English when there is no catalogue for it. */
export function languageFor(tag: string | null | undefined): Language {
  const primary = (tag ?? "").split("-")[0]?.toLowerCase() ?? "";
  return Object.hasOwn(LANGUAGES, primary) ? (primary as Language) : "en";
}

/** Before anyone has signed in: the language last used in this browser, else the browser's own. */
export const firstLanguage = () => languageFor(localStorage.getItem(STORE) ?? navigator.language);

/** Loads the catalogue and shows it; when it cannot be loaded the page keeps the language it has, or begins in English. */
export async function speak(tag: string): Promise<void> {
  const language = languageFor(tag);
  localStorage.setItem(STORE, language);
  if (language === spoken?.language) return;
  const { locale, load } = LANGUAGES[language];
  const messages = await load().catch(() => undefined);
  if (!messages) {
    if (!spoken && language !== "en") await speak("en");
    return;
  }
  spoken = { language, locale, messages };
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

/** The language; undefined while no catalogue could be loaded. */
export const useSpoken = () => useSyncExternalStore(subscribe, () => spoken);

export const spokenLanguage = (): Language => spoken?.language ?? "en";

/** The locale to write dates, numbers and money in. */
export const currentLocale = (): string => LANGUAGES[spokenLanguage()].locale;

/** A message of `common` for code that is not a component. */
export const say = (key: "offline" | "answered", values: Record<string, string | number> = {}): string =>
  spoken
    ? createTranslator({ locale: spoken.locale, messages: spoken.messages, namespace: "common" })(key, values)
    : key;
