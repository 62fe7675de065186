namespace Toe.Core.Tests.Telemetry;

/// <summary>A row of docs/telemetry.md.</summary>
internal sealed record DocumentedInstrument(string Name, string Kind, string Unit, IReadOnlyList<string> Tags, string Meaning);
