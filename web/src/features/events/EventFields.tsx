import { Checkbox, NativeSelect, Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Calendar, CalendarEvent } from "../../api/types";
import { RepeatFields } from "./RepeatFields";
import { addresses, conferenceOf, nameWithAccount } from "./values";
import { type EventFormState, WhenFields } from "./WhenFields";

interface Props {
  form: EventFormState;
  /** Where a new event may go; none when one is edited, for it stays where it is. */
  calendars?: Calendar[];
  provider: string | undefined;
  /** The series that is edited. */
  series?: CalendarEvent;
}

export function EventFields({ form, calendars, provider, series }: Props) {
  const t = useTranslations("eventForm");
  const conference = conferenceOf(provider);
  const invited = addresses(form.values.attendee_emails).length > 0;
  return (
    <>
      <TextInput
        label={t("summary")}
        required
        data-autofocus
        maxLength={1000}
        {...form.getInputProps("summary")}
      />
      {calendars && (
        <NativeSelect
          label={t("calendar")}
          data={calendars.map((c) => ({ value: c.id, label: nameWithAccount(c) }))}
          {...form.getInputProps("calendar_id")}
        />
      )}
      <WhenFields form={form} />
      {(calendars || (series && series.recurrence.length > 0)) && (
        <RepeatFields form={form} lines={series?.recurrence} />
      )}
      <TextInput label={t("location")} maxLength={1000} {...form.getInputProps("location")} />
      {calendars && conference && (
        <Switch
          label={t(`conference.${conference === "google_meet" ? "google_meet" : "microsoft_teams"}`)}
          {...form.getInputProps("conference", { type: "checkbox" })}
        />
      )}
      <Textarea
        label={t("description")}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={8000}
        {...form.getInputProps("description")}
      />
      <Textarea
        label={t("attendees")}
        description={t("attendeesHint")}
        autosize
        minRows={1}
        maxRows={4}
        inputMode="email"
        {...form.getInputProps("attendee_emails")}
      />
      {invited && (
        <Checkbox
          label={t("notify")}
          description={t("notifyHint")}
          {...form.getInputProps("notify_attendees", { type: "checkbox" })}
        />
      )}
    </>
  );
}
