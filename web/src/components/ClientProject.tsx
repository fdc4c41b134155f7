import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../api/queries";

export interface ClientProjectValue {
  client_id: string | null;
  project_id: string | null;
}

/** Client and project together: a project brings its client, a client limits the projects. */
export function ClientProject({
  value,
  onChange,
}: {
  value: ClientProjectValue;
  onChange: (value: ClientProjectValue) => void;
}) {
  const t = useTranslations("fields");
  const clients = useQuery(queries.clients()).data ?? [];
  const projects = useQuery(queries.projects()).data ?? [];
  const open = projects.filter((p) => !p.archived || p.id === value.project_id);
  const fitting = open.filter((p) => !value.client_id || p.client_id === value.client_id || !p.client_id);
  return (
    <>
      <Select
        label={t("client")}
        placeholder={t("noClient")}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("clearClient") }}
        data={clients
          .filter((c) => !c.archived || c.id === value.client_id)
          .map((c) => ({ value: c.id, label: c.name }))}
        value={value.client_id}
        onChange={(client_id) => {
          const project = projects.find((p) => p.id === value.project_id);
          const keeps = project && (!project.client_id || project.client_id === client_id);
          onChange({ client_id, project_id: keeps ? value.project_id : null });
        }}
      />
      <Select
        label={t("project")}
        placeholder={t("noProject")}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("clearProject") }}
        data={fitting.map((p) => ({
          value: p.id,
          label: p.client_name ? `${p.name} · ${p.client_name}` : p.name,
        }))}
        value={value.project_id}
        onChange={(project_id) => {
          const project = projects.find((p) => p.id === project_id);
          onChange({ client_id: project?.client_id ?? value.client_id, project_id });
        }}
      />
    </>
  );
}
