using System.Text.Json;
using System.Text.Json.Serialization;

namespace Toe.Policy;

/// <summary>Generated reader of the operator's file.</summary>
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(OperatorDocument))]
internal sealed partial class OperatorJson : JsonSerializerContext;
