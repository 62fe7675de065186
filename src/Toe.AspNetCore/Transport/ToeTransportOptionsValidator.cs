using Microsoft.Extensions.Options;

namespace Toe.AspNetCore.Transport;

/// <summary>Stops the start on options that make no sense, before an endpoint is bound.</summary>
internal sealed class ToeTransportOptionsValidator : IValidateOptions<ToeTransportOptions>
{
    public ValidateOptionsResult Validate(string? name, ToeTransportOptions options)
    {
        List<string> failures = [];
        RefuseNegative(nameof(options.IOQueueCount), options.IOQueueCount);
        RefuseNegative(nameof(options.Backlog), options.Backlog);
        RefuseNegative(nameof(options.MaxReadBufferSize), options.MaxReadBufferSize ?? 0);
        RefuseNegative(nameof(options.MaxWriteBufferSize), options.MaxWriteBufferSize ?? 0);
        if (options.ShouldBind is null)
            failures.Add($"{nameof(ToeTransportOptions)}.{nameof(options.ShouldBind)} is null.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void RefuseNegative(string option, long value)
        {
            if (value < 0)
                failures.Add($"{nameof(ToeTransportOptions)}.{option} is {value}, and cannot be negative.");
        }
    }
}
