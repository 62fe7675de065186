using System.Globalization;
using Toe.Linux;

namespace Toe.Diagnostics;

/// <summary>The folders that an endpoint may live in, in order of preference.</summary>
internal sealed record RuntimePlaces
{
    /// <summary>Whoever runs the process chose it: <c>TOE_RUNTIME_DIR</c>. Nothing else is looked at then.</summary>
    public string? Chosen { get; init; }

    /// <summary>The machine's.</summary>
    public string System { get; init; } = "/run/toe";

    /// <summary>The machine's folder is made if it is missing.</summary>
    public bool MakesSystem { get; init; }

    /// <summary>The user's session's: <c>XDG_RUNTIME_DIR/toe</c>.</summary>
    public string? Session { get; init; }

    /// <summary>The user's own in the temporary folder, which is everybody's.</summary>
    public required string Private { get; init; }

    public static RuntimePlaces OfThisProcess() => new()
    {
        Chosen = Variable("TOE_RUNTIME_DIR"),
        MakesSystem = Environment.IsPrivilegedProcess,
        Session = Variable("XDG_RUNTIME_DIR") is { } session ? Path.Combine(session, "toe") : null,
        Private = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"toe-{UserName()}")),
    };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string UserName() =>
        OperatingSystem.IsLinux() ? FileOwner.CurrentUser.ToString(CultureInfo.InvariantCulture) : Environment.UserName;
}
