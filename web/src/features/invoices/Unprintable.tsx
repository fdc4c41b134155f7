import { Alert, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Invoice } from "../../api/types";
import { type Lacking, lackingOf, placeOf } from "./unprintable";

interface Props {
  invoice: Invoice;
  /** The server's refusal. */
  detail: string;
}

/** Which texts would be printed with gaps, where each is written, and what can be done. */
export function Unprintable({ invoice, detail }: Props) {
  const t = useTranslations("invoices.unprintable");
  const seller = useQuery(queries.billing()).data;
  const client = useQuery(queries.clientBilling(invoice.client_id)).data;
  const lacking = lackingOf(detail);
  const whereOf = ({ text }: Lacking) => {
    const place = placeOf(text, invoice, seller, client);
    switch (place.at) {
      case "client":
        return (
          <Link className="textlink" to="/clients/$id" params={{ id: invoice.client_id } as never}>
            {t("client", { client: invoice.client_name })}
          </Link>
        );
      case "seller":
        return (
          <Link className="textlink" to="/settings/billing">
            {t("seller")}
          </Link>
        );
      case "line":
        return t("line", { n: place.n });
      default:
        return t(place.at);
    }
  };
  return (
    <Alert color="yellow" variant="outline" role="alert" title={t("title")}>
      {lacking.length === 0 && <Text size="sm">{detail}</Text>}
      <List size="sm">
        {lacking.map((one) => (
          <List.Item key={one.text} className="breakable">
            “{one.text}” <span className="dim">{t("letters", { letters: one.letters })}</span>
            {" · "}
            {whereOf(one)}
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="xs">
        {t("mend")}
      </Text>
      <Text size="sm" mt="xs">
        {t("allTheSame")}
      </Text>
    </Alert>
  );
}
