import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function LoadMore({ query }: { query: Pages }) {
  const t = useTranslations("common");
  if (!query.hasNextPage) return null;
  return (
    <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t("more")}
    </Button>
  );
}
