using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Toe;

/// <summary>Reads the section into the options, by generated code.</summary>
internal sealed class ToeOptionsBinder(ToeConfiguration configuration) : IConfigureOptions<ToeOptions>
{
    public void Configure(ToeOptions options)
    {
        if (configuration.Section is not { } section)
            return;
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException error)
        {
            // A value that cannot be converted; the binder's message names the key.
            throw new OptionsValidationException(Options.DefaultName, typeof(ToeOptions), [error.Message]);
        }
    }
}
