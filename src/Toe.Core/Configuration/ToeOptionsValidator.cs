using Microsoft.Extensions.Options;
using Toe.Firmware;
using Toe.Policy;

namespace Toe;

/// <summary>Checks what stands at no single member: unknown keys, enumerations, rules, keys, and the catalogue's file.</summary>
internal sealed class ToeOptionsValidator(ToeConfiguration configuration) : IValidateOptions<ToeOptions>
{
    public ValidateOptionsResult Validate(string? name, ToeOptions options)
    {
        var errors = new List<string>();
        if (configuration.Section is { } section)
            errors.AddRange(ConfigurationSchema.Toe.Check(section, ToeOptions.SectionName));
        Defined(errors, nameof(options.Mode), options.Mode);
        PolicyCompiler.Compile(PolicyAuthority.Program, options.Policy.Rules, options.Mode, errors);
        CheckFirmware(errors, options.Firmware);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckFirmware(List<string> errors, FirmwareOptions firmware)
    {
        const string Key = $"{nameof(ToeOptions.Firmware)}:{nameof(FirmwareOptions.Consequences)}";
        var consequences = firmware.Consequences;
        Defined(errors, $"{Key}:{nameof(consequences.Old)}", consequences.Old);
        Defined(errors, $"{Key}:{nameof(consequences.Blocked)}", consequences.Blocked);
        Defined(errors, $"{Key}:{nameof(consequences.Untested)}", consequences.Untested);
        Defined(errors, $"{Key}:{nameof(consequences.Unreadable)}", consequences.Unreadable);
        Defined(errors, $"{Key}:{nameof(consequences.Unknown)}", consequences.Unknown);
        Defined(errors, $"{Key}:{nameof(consequences.Outdated)}", consequences.Outdated);
        Defined(errors, $"{Key}:{nameof(consequences.Unproven)}", consequences.Unproven);
        errors.AddRange(ReportReading.CheckPaths(firmware));

        var keyErrors = FirmwareCatalogueFile.CheckKeys(firmware).ToList();
        errors.AddRange(keyErrors);
        if (keyErrors.Count > 0)
            return;
        try
        {
            FirmwareCatalogueFile.Load(firmware);
        }
        catch (FormatException error)
        {
            errors.Add(error.Message);
        }
    }

    private static void Defined<T>(List<string> errors, string key, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            errors.Add($"{ToeOptions.SectionName}:{key}: '{value}' is not one of {string.Join(", ", Enum.GetNames<T>())}");
    }
}
