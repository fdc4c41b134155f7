import { Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "../api/client";

/** Nothing yet: one sentence and what to do about it. */
export function EmptyState({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Title order={2} size="h5">
        {title}
      </Title>
      {text && (
        <Text c="dimmed" size="sm" maw={460}>
          {text}
        </Text>
      )}
      {children}
    </div>
  );
}

/** The filter matches nothing, which is not the same as nothing being there. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  const t = useTranslations("common");
  return (
    <EmptyState title={t("noMatch")}>
      <Button variant="default" size="xs" onClick={onClear}>
        {t("clearFilters")}
      </Button>
    </EmptyState>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTranslations("common");
  const known = error instanceof ApiError;
  return (
    <div className="empty" role="alert">
      <Text fw={600} className="bad" component="p" m={0}>
        <IconAlertTriangle size={16} aria-hidden /> {t("loadFailed")}
      </Text>
      <Text size="sm">{known ? error.message : t("unexpected")}</Text>
      {known && error.requestId && (
        <Text size="xs" c="dimmed">
          {t("requestId", { id: error.requestId })}
        </Text>
      )}
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}

export function Skeletons({ rows = 4, height = 44 }: { rows?: number; height?: number }) {
  const t = useTranslations("common");
  return (
    <Stack gap="xs" role="status" aria-busy="true" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, i) => `s${i}`).map((key) => (
        <Skeleton key={key} h={height} />
      ))}
    </Stack>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** The four faces of a list: loading, failed with a retry, empty (the caller says which empty), data. */
export function QueryState<T>({
  query,
  skeleton,
  isEmpty,
  empty,
  children,
}: {
  query: QueryLike<T>;
  skeleton?: ReactNode;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (query.data === undefined && query.error) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.isPending || query.data === undefined) return skeleton ?? <Skeletons />;
  if (isEmpty?.(query.data)) return empty;
  return children(query.data);
}
