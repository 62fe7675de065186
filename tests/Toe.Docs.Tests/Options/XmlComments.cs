using System.Reflection;
using System.Xml.Linq;

namespace Toe.Docs.Tests;

/// <summary>The documentation comments of the SDK's assemblies, as Markdown.</summary>
internal static class XmlComments
{
    private static readonly Dictionary<string, XElement> Members = Directory.GetFiles(AppContext.BaseDirectory, "*oe.*.xml").Append(Path.Combine(AppContext.BaseDirectory, "toe.xml"))
        .Where(File.Exists).Distinct().SelectMany(static file => XDocument.Load(file).Descendants("member"))
        .GroupBy(static member => member.Attribute("name")!.Value, StringComparer.Ordinal).ToDictionary(static same => same.Key, static same => same.First(), StringComparer.Ordinal);

    public static string Summary(Type type) => Read($"T:{type.FullName}", "summary");

    public static string Summary(PropertyInfo property) => Read(property, "summary");

    public static string Value(PropertyInfo property) => Read(property, "value");

    /// <summary>What is said of the parameter that a record's property was made of.</summary>
    public static string Parameter(PropertyInfo property) => property.DeclaringType!.GetConstructors()
        .SelectMany(static constructor => constructor.GetParameters()).Any(parameter => parameter.Name == property.Name)
        ? ToMarkdown(Member($"T:{property.DeclaringType.FullName}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name))
        : "";

    private static string Read(PropertyInfo property, string element) => Read($"P:{property.DeclaringType!.FullName}.{property.Name}", element)
        .Replace($"`{property.DeclaringType!.Name}.", "`", StringComparison.Ordinal); // Its neighbours need no type before them.

    private static string Read(string member, string element) => ToMarkdown(Member(member)?.Element(element));

    private static XElement? Member(string name) => Members.GetValueOrDefault(name);

    private static string ToMarkdown(XElement? element) => element is null
        ? ""
        : string.Join(' ', string.Concat(element.Nodes().Select(ToMarkdown)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);

    private static string ToMarkdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement reference when Target(reference) is { } target => $"`{target}`",
        XElement other => string.Concat(other.Nodes().Select(ToMarkdown)),
        _ => "",
    };

    /// <summary>A member of a type without its namespace, or the type alone.</summary>
    private static string? Target(XElement reference)
    {
        if ((reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value is not { } name)
            return null;
        var parts = name.Split('(')[0].Split(':')[^1].Split('.');
        return name.StartsWith("T:", StringComparison.Ordinal) ? parts[^1] : string.Join('.', parts[^Math.Min(2, parts.Length)..]);
    }
}
