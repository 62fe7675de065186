using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Toe;

/// <summary>Holds a time between two bounds, both allowed. The message begins with the configuration key.</summary>
/// <param name="minimum">Lower bound, <c>hours:minutes:seconds</c>.</param>
/// <param name="maximum">Upper bound, <c>hours:minutes:seconds</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    public string Minimum { get; } = minimum;

    public string Maximum { get; } = maximum;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is TimeSpan time
        && time >= TimeSpan.Parse(Minimum, CultureInfo.InvariantCulture) && time <= TimeSpan.Parse(Maximum, CultureInfo.InvariantCulture)
            ? ValidationResult.Success
            : new ValidationResult(string.Create(
                CultureInfo.InvariantCulture,
                $"{ConfigurationKey.Of(validationContext)}: {value} is not between {Minimum} and {Maximum} (days.hours:minutes:seconds)"));
}
