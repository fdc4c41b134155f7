import { Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../api/queries";
import { archivedOf } from "../lib/archived";
import type { ClientProjectValue } from "./ClientProject";

interface Props {
  /** What books on it. */
  of: "rule" | "calendar";
  said: ClientProjectValue;
  /** What the server calls it, where it says so itself; null: nothing is archived. */
  name?: string | null;
}

/** A warning where a rule or a calendar names what is archived: what that means, and how it is mended. */
export function ArchivedTarget({ of, said, name }: Props) {
  const t = useTranslations("archivedTarget");
  const clients = useQuery(queries.clients()).data ?? [];
  const projects = useQuery(queries.projects()).data ?? [];
  const found = archivedOf(said, clients, projects);
  const shown = name === undefined ? found?.name : name;
  if (!shown) return null;
  return (
    <Text size="sm" component="p" className="warn archivedtarget">
      <IconAlertTriangle size={15} aria-hidden />
      <span className="breakable">
        {t(of, { name: shown })}{" "}
        {found && (
          <Link className="textlink" to={`/${found.kind}s/${found.id}`}>
            {t("open", { name: found.name })}
          </Link>
        )}
      </span>
    </Text>
  );
}
