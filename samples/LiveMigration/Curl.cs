using System.Diagnostics;
using System.Security.Cryptography;

namespace LiveMigration;

/// <summary><c>curl</c> on the other host, where nobody knows of any of this.</summary>
internal sealed class Curl : IDisposable
{
    // A gibibyte then takes half a minute, which is room for a few hundred moves.
    private const string Rate = "32M";

    private readonly Process _process;

    public Curl(string host, string url) => _process = Process.Start(
        new ProcessStartInfo("ip", ["netns", "exec", host, "curl", "--silent", "--show-error", "--limit-rate", Rate, url]) { UseShellExecute = false, RedirectStandardOutput = true })!;

    /// <summary>Reads to the end of the download.</summary>
    /// <returns>The SHA-256 of what came, and curl's exit code.</returns>
    public async Task<(string Hash, int ExitCode)> ReadAsync(CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(_process.StandardOutput.BaseStream, cancellationToken));
        await _process.WaitForExitAsync(cancellationToken);
        return (hash, _process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
