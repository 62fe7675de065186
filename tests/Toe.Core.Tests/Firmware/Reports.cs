namespace Toe.Core.Tests.Firmware;

/// <summary>Conformance reports as <c>toe conformance --report</c> writes them.</summary>
internal static class Reports
{
    public const string Good = """
        { "schema": 1, "good": true, "complete": true,
          "subject": { "provider": "scripted", "version": "1.0.0", "adapter": "scripted:one", "product": "Scripted", "evidence": "E0", "firmware": "1.0.0.0", "model": "FullConnection" },
          "substrate": "as it is", "started": "2025-01-01T00:00:00+00:00", "durationMs": 12, "environment": { "os": "Linux" }, "options": { "seed": 1, "strict": true },
          "outcomes": { "Pass": 1, "PassByRefusal": 0, "Fail": 0, "UnderDeclared": 0, "Waived": 0, "Warning": 0, "Skipped": 0, "NotExercised": 0 },
          "requirements": [ { "id": "TOE-X-001", "outcome": "Pass", "text": "It \"works\".", "seed": 1, "durationMs": 0.5 } ] }
        """;

    /// <summary>A good one about another adapter.</summary>
    public static string For(string provider, string product, string? firmware) => Good
        .Replace("\"provider\": \"scripted\"", $"\"provider\": \"{provider}\"", StringComparison.Ordinal)
        .Replace("\"product\": \"Scripted\"", $"\"product\": \"{product}\"", StringComparison.Ordinal)
        .Replace("\"firmware\": \"1.0.0.0\"", $"\"firmware\": {(firmware is null ? "null" : $"\"{firmware}\"")}", StringComparison.Ordinal);
}
