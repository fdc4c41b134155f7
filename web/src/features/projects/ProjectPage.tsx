import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Client, Project } from "../../api/types";
import { useIsAdmin, useSession } from "../../app/session";
import { Swatch } from "../../components/ColorInput";
import { DeleteOrArchive } from "../../components/DeleteOrArchive";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { currencyOf } from "../../lib/money";
import { RatesPanel } from "../rates/RatesPanel";
import { domainOf, rulesOfProject } from "../rules/booking";
import { RulesPanel } from "../rules/RulesPanel";
import { BudgetForm } from "./BudgetForm";
import { ProjectDetails } from "./ProjectDetails";

function Shown({ project, clients }: { project: Project; clients: Client[] }) {
  const t = useTranslations("projects");
  const admin = useIsAdmin();
  const navigate = useNavigate();
  const { workspace } = useSession();
  const client = clients.find((c) => c.id === project.client_id);
  const domain = domainOf(client?.email);
  const currency = currencyOf(project, clients, workspace);
  return (
    <Stack gap="md">
      <PageHeader
        title={
          <span className="titled">
            <Swatch color={project.color} />
            {project.name}
          </span>
        }
        sub={
          <Group gap="sm">
            <Link className="textlink" to="/projects">
              {t("title")}
            </Link>
            <StatusBadge
              tone={project.archived ? "idle" : "ok"}
              label={project.archived ? t("archived") : t("active")}
            />
            {client && (
              <Link className="textlink" to="/clients/$id" params={{ id: client.id } as never}>
                {client.name}
              </Link>
            )}
          </Group>
        }
      />
      <div className="columns">
        <Stack gap="md">
          <ProjectDetails
            key={`${project.id} ${project.archived} ${currency}`}
            project={project}
            clients={clients}
          />
          {admin && (
            <RatesPanel
              of={{ project_id: project.id }}
              currency={currency}
              title={t("rates")}
              hint={t("ratesHint")}
            />
          )}
        </Stack>
        <Stack gap="md">
          <BudgetForm key={`${project.id} ${currency}`} project={project} currency={currency} />
          <RulesPanel
            pick={(rules) => rulesOfProject(rules, project.id)}
            start={{
              name: project.name,
              project_id: project.id,
              client_id: project.client_id,
              attendee_domains: domain ? [domain] : [],
            }}
            archived={project.archived || !!client?.archived}
          />
          <DeleteOrArchive
            name={project.name}
            archived={project.archived}
            goes={t("goes")}
            run={() => actions.deleteProject(project.id)}
            archive={() => actions.saveProject(project.id, { name: project.name, archived: true })}
            invalidate={["projects", "clients", "rules", "drafts"]}
            onDeleted={() => navigate({ to: "/projects" })}
          />
        </Stack>
      </div>
    </Stack>
  );
}

/** Everything about a project: what it is, what is planned and used, what an hour costs in it. */
export function ProjectPage() {
  const t = useTranslations("projects");
  const { id } = useParams({ strict: false }) as { id?: string };
  const projects = useQuery(queries.projects());
  const clients = useQuery(queries.clients());
  const project = projects.data?.find((p) => p.id === id);
  return (
    <QueryState
      query={projects}
      isEmpty={() => !project}
      empty={
        <Stack gap="md">
          <PageHeader title={t("title")} />
          <EmptyState title={t("notThere")} text={t("notThereText")}>
            <Link className="textlink" to="/projects">
              {t("back")}
            </Link>
          </EmptyState>
        </Stack>
      }
    >
      {() =>
        project && (
          <QueryState query={clients}>{(all) => <Shown project={project} clients={all} />}</QueryState>
        )
      }
    </QueryState>
  );
}
