namespace Toe.Conformance;

/// <summary>A provider with one defect, by which the kit itself is proven.</summary>
/// <param name="Name">Its name, as in <c>emulated:fabric,broken=NAME</c>.</param>
/// <param name="Breaks">The requirements that find it, by id.</param>
public sealed record BrokenVariant(string Name, IReadOnlyList<string> Breaks)
{
    internal Defect Defect { get; init; }

    /// <summary>Suites that it has nothing to do with, and that stay as they are.</summary>
    public IReadOnlyList<string> Leaves { get; init; } = [];

    /// <summary>Puts the defect into a provider: into the first adapter that it finds.</summary>
    /// <param name="provider">A provider that is right.</param>
    public IToeProvider Break(IToeProvider provider) => new BrokenProvider(provider, Defect);
}
