import { actions } from "../../api/actions";
import type { Session } from "../../api/types";
import { languageFor, spokenLanguage } from "../../i18n";

/** A new account keeps the language its first page was read in. Losing that is no reason to fail. */
export async function inThisLanguage(session: Session): Promise<Session> {
  const locale = spokenLanguage();
  if (languageFor(session.user.locale) === locale) return session;
  const saved = await actions.updateMe({ locale }).catch(() => undefined);
  return saved ? { ...session, user: { ...session.user, locale: saved.locale } } : session;
}
