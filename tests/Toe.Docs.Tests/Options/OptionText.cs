using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Toe.Docs.Tests;

/// <summary>How the page writes types and values of options.</summary>
internal static class OptionText
{
    public static string Type(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Type(underlying);
        if (type.IsEnum)
            return string.Join(", ", Enum.GetNames(type).Select(static name => $"`{name}`"));
        if (type != typeof(string) && type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
            return $"list of {Type(type.GetGenericArguments()[0])}";
        return type switch
        {
            _ when type == typeof(TimeSpan) => "time",
            _ when type == typeof(bool) => "`true`, `false`",
            _ when type == typeof(string) => "text",
            _ when type == typeof(double) => "number",
            _ when type == typeof(byte) || type == typeof(int) || type == typeof(long) => "whole number",
            _ => $"`{type.Name.Split('`')[0]}`",
        };
    }

    public static string Value(object? value) => value switch
    {
        null => "null",
        TimeSpan time => Time(time),
        bool yes => yes ? "true" : "false",
        IFormattable number when value.GetType().IsPrimitive => Number(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
        IEnumerable list when value is not string => list.Cast<object>().Any() ? "see there" : "empty",
        Enum or string => value.ToString()!,
        _ => "see there",
    };

    /// <summary>The bounds that the option's attribute holds it between; empty where it has none.</summary>
    public static string Range(PropertyInfo property) =>
        property.GetCustomAttribute<NumberRangeAttribute>() is { } numbers ? $"{Number(numbers.Minimum)} to {Number(numbers.Maximum)}"
        : property.GetCustomAttribute<TimeRangeAttribute>() is { } times ? $"{Time(Parse(times.Minimum))} to {Time(Parse(times.Maximum))}"
        : "";

    private static TimeSpan Parse(string time) => TimeSpan.Parse(time, CultureInfo.InvariantCulture);

    private static string Number(double number) => number >= 1e9 && Math.Log10(number) % 1 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"10^{Math.Log10(number)}")
        : number.ToString("#,##0.######", CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "0",
        { TotalDays: >= 1 } when time.TotalDays % 1 == 0 => Count(time.TotalDays, "day"),
        { TotalHours: >= 1 } when time.TotalHours % 1 == 0 => Count(time.TotalHours, "hour"),
        { TotalMinutes: >= 1 } when time.TotalMinutes % 1 == 0 => Count(time.TotalMinutes, "minute"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms"),
    };

    private static string Count(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
}
