namespace Toe.Linux;

/// <summary>A module of the kernel, loaded or built in, as <c>/sys/module</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">What it calls its version; null when it has none.</param>
/// <param name="Parameters">Its parameters that can be read, by name.</param>
public sealed record KernelModule(string Name, string? Version, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MostParameters = 1024;

    /// <summary>Reads a module.</summary>
    /// <param name="host">The host.</param>
    /// <param name="name">Its name, with underscores.</param>
    /// <returns>The module; null when it is not loaded.</returns>
    public static KernelModule? Read(ILinuxHost host, string name)
    {
        ArgumentNullException.ThrowIfNull(host);
        var path = $"/sys/module/{name}";
        if (!host.List(path).IsFound)
            return null;
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in (host.List($"{path}/parameters").Value ?? []).Take(MostParameters))
        {
            if (host.ReadText($"{path}/parameters/{parameter}").Value is { } value)
                parameters[parameter] = value;
        }

        return new KernelModule(name, host.ReadText($"{path}/version").Value, parameters);
    }
}
