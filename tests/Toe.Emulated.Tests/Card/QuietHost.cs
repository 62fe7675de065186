using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Toe.Emulated.Tests.Card;

/// <summary>A provider's host that hears nothing.</summary>
internal sealed class QuietHost : IProviderHost
{
    public ILoggerFactory Logging => NullLoggerFactory.Instance;

    public TimeProvider Time => TimeProvider.System;

    public void RescanNeeded()
    {
    }
}
