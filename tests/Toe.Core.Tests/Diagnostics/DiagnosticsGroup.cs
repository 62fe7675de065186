namespace Toe.Core.Tests.Diagnostics;

/// <summary>The endpoint is one for the whole process, and its folder comes from the environment: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DiagnosticsGroup
{
    public const string Name = "diagnostics";
}
