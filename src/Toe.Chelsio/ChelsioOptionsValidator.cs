using Microsoft.Extensions.Options;

namespace Toe.Chelsio;

/// <summary>Refuses options that cannot be used, in the words of <see cref="ChelsioOptions.Check"/>.</summary>
internal sealed class ChelsioOptionsValidator : IValidateOptions<ChelsioOptions>
{
    public ValidateOptionsResult Validate(string? name, ChelsioOptions options) =>
        options.Check() is { } wrong ? ValidateOptionsResult.Fail($"Chelsio: {wrong}") : ValidateOptionsResult.Success;
}
