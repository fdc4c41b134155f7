import { Select, type SelectProps } from "@mantine/core";
import { useMemo } from "react";
import { zones } from "../lib/time";

export function TimeZoneSelect(props: Omit<SelectProps, "data">) {
  const data = useMemo(() => {
    const all = zones();
    return props.value && !all.includes(props.value) ? [props.value, ...all] : all;
  }, [props.value]);
  return <Select searchable limit={60} allowDeselect={false} autoComplete="off" {...props} data={data} />;
}
