using System.Reflection;

namespace Toe.Docs.Tests;

/// <summary>The keys of the configuration section <c>Toe</c>, with the property behind each and its default.</summary>
internal static class ConfigurationKeys
{
    public static IReadOnlyList<ConfigurationKey> All { get; } = [.. Under(new ToeOptions(), ToeOptions.SectionName)];

    private static IEnumerable<ConfigurationKey> Under(object options, string path)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            if (ItemOf(property) is { } item)
            {
                foreach (var inner in Under(item, $"{key}:N"))
                    yield return inner;
            }
            else if (IsSection(property.PropertyType))
            {
                foreach (var inner in Under(value!, key))
                    yield return inner;
            }
            else
            {
                yield return new ConfigurationKey(key, property, value);
            }
        }
    }

    private static object? ItemOf(PropertyInfo list) => list.PropertyType.IsGenericType && list.PropertyType.GetGenericArguments() is [var item] && IsSection(item)
        ? Activator.CreateInstance(item)
        : null;

    private static bool IsSection(Type type) => type is { IsClass: true, IsValueType: false } && type.Assembly == typeof(ToeOptions).Assembly;

    internal sealed record ConfigurationKey(string Path, PropertyInfo Property, object? Default);
}
