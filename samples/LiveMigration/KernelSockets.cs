using Toe;

namespace LiveMigration;

/// <summary>What the kernel knows of a connection, as <c>ss -tn</c> shows it: nothing while an adapter carries it.</summary>
internal static class KernelSockets
{
    private const int MostLooks = 50;

    /// <summary>Looks until the kernel lists the connection, or does not, as it should: a moment after a move its own socket may still be closing.</summary>
    /// <returns>What it shows then, and whether that is right.</returns>
    public static async Task<(string Shown, bool IsRight)> LookAsync(ToeConnection connection)
    {
        for (var look = 1; ; look++)
        {
            var line = (await Command.RunAsync("ss", "-Htn", "src", $"{connection.LocalEndPoint}", "dst", $"{connection.RemoteEndPoint}")).Trim();
            var isRight = line.Length > 0 == connection.Placement.IsHostStack;
            if (isRight || look == MostLooks)
                return (line.Length > 0 ? $"ss -tn: {line}" : "ss -tn: not listed", isRight);
        }
    }
}
