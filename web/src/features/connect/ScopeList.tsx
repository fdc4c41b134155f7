import { useTranslations } from "use-intl";
import type { Provider } from "../../api/types";

/** Each permission in plain words first, its technical name second. */
export function ScopeList({ scopes }: { scopes: Provider["scopes"] }) {
  const t = useTranslations("connect");
  return (
    <ul className="scopes">
      {scopes.map((s) => (
        <li key={s.scope}>
          <span>
            {s.reason} <span className="dim">({s.required ? t("required") : t("optional")})</span>
          </span>
          <code>{s.scope}</code>
        </li>
      ))}
    </ul>
  );
}
