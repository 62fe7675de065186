using System.Text.Json;
using System.Text.Json.Serialization;

namespace Toe.Diagnostics;

/// <summary>The endpoint's JSON, generated at build time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConnectionsReport))]
[JsonSerializable(typeof(MoveLine))]
internal sealed partial class DiagnosticJson : JsonSerializerContext;
