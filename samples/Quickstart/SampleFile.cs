using System.Security.Cryptography;

namespace Quickstart;

/// <summary>The file to serve: the user's, or a temporary one of 32 MiB that is removed at the end.</summary>
internal sealed class SampleFile : IDisposable
{
    private const int Size = 32 * 1024 * 1024;

    private readonly bool _temporary;

    public SampleFile(string? path)
    {
        _temporary = path is null;
        Path = path ?? System.IO.Path.GetTempFileName();
        if (!_temporary)
            return;
        var content = new byte[Size];
        new Random(20).NextBytes(content);
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public long Length => new FileInfo(Path).Length;

    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    public void Dispose()
    {
        if (_temporary)
            File.Delete(Path);
    }
}
