using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Toe;

/// <summary>Holds a number between two bounds, both allowed; NaN is in no range. The message begins with the configuration key.</summary>
/// <param name="minimum">Lower bound.</param>
/// <param name="maximum">Upper bound.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NumberRangeAttribute(double minimum, double maximum) : ValidationAttribute
{
    public double Minimum { get; } = minimum;

    public double Maximum { get; } = maximum;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number >= Minimum && number <= Maximum
            ? ValidationResult.Success
            : new ValidationResult(string.Create(
                CultureInfo.InvariantCulture, $"{ConfigurationKey.Of(validationContext)}: {value} is not between {Minimum} and {Maximum}"));
    }
}
