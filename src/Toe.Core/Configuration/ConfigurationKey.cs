using System.ComponentModel.DataAnnotations;

namespace Toe;

/// <summary>Names a setting as people write it: <c>Toe:Circuit:BreakDuration</c>.</summary>
internal static class ConfigurationKey
{
    /// <summary>The key of the member under validation. The validator's generator calls it
    /// <c>ToeOptions.Circuit.BreakDuration</c>.</summary>
    public static string Of(ValidationContext context)
    {
        var path = context.DisplayName.Split('.');
        path[0] = ToeOptions.SectionName;
        return string.Join(':', path);
    }
}
