using System.Text.Json.Serialization;

namespace Toe.Linux.Images;

/// <summary>The image's JSON files. Unknown and doubled names are errors: a misspelt one would answer otherwise than its author meant.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(TreeDocument))]
[JsonSerializable(typeof(CallsDocument))]
internal sealed partial class ImageJson : JsonSerializerContext;
