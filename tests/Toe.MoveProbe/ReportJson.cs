using System.Text.Json.Serialization;

namespace Toe.MoveProbe;

[JsonSerializable(typeof(MoveReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ReportJson : JsonSerializerContext;
