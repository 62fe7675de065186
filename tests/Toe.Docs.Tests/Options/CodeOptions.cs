using System.Reflection;

namespace Toe.Docs.Tests;

/// <summary>The types whose options are set in code.</summary>
internal static class CodeOptions
{
    /// <summary>Types that are no options of a program, though their names end so.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["ConformanceOptions"] = "how a run of the conformance kit goes: docs/conformance.md",
    };

    /// <summary>Options whose default is another on another machine; their comment says which.</summary>
    private static readonly string[] OfTheMachine = ["IOQueueCount", "FinOnError"];

    private static readonly HashSet<Type> Configured = [.. ConfigurationKeys.All.Select(static key => key.Property.DeclaringType!), typeof(ToeOptions), typeof(PolicyOptions)];

    /// <summary>All of them, the SDK's own first and then package by package.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. Assemblies.Libraries.SelectMany(static assembly => assembly.GetExportedTypes()).Where(IsOptions)
            .OrderBy(static type => type.Assembly != typeof(ToeConnectRequest).Assembly).ThenBy(static type => type.Assembly.GetName().Name, StringComparer.Ordinal)
            .ThenBy(static type => type.Name, StringComparer.Ordinal),
    ];

    public static IEnumerable<PropertyInfo> OptionsOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.DeclaringType == type && property.CanRead && (property.CanWrite || property.PropertyType.IsAssignableTo(typeof(System.Collections.IEnumerable)) && property.PropertyType != typeof(string)))
        .OrderBy(static property => property.MetadataToken);

    /// <summary>The default of an option; null where the type cannot be made without arguments.</summary>
    public static string Default(Type type, PropertyInfo property) =>
        XmlComments.Parameter(property).Length > 0 || property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null ? "required"
        : OfTheMachine.Contains(property.Name) ? "see there"
        : Sample(type) is { } sample ? OptionText.Value(property.GetValue(sample))
        : "";

    private static bool IsOptions(Type type) => !Configured.Contains(type) && !Others.ContainsKey(type.Name)
        && (type.Name.EndsWith("Options", StringComparison.Ordinal) || type == typeof(ToeConnectRequest) || type == typeof(ToeListenRequest)
            || type == typeof(Emulated.CardProfile) || type == typeof(Emulated.Links.LinkFaults));

    private static object? Sample(Type type)
    {
        if (type.IsAbstract)
            return Sample(typeof(Emulated.EmulatedFabricOptions));
        var constructor = type.GetConstructors().MinBy(static constructor => constructor.GetParameters().Length)!;
        return constructor.Invoke(new object?[constructor.GetParameters().Length]);
    }
}
