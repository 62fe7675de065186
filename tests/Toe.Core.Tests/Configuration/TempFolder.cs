namespace Toe.Core.Tests.Configuration;

/// <summary>A folder of its own, removed with all that is in it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("toe-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        System.IO.File.WriteAllText(File(name), content);
        return File(name);
    }

    /// <summary>As careful programs and package managers replace a file.</summary>
    public void ReplaceByRename(string name, string content)
    {
        var next = Write(name + ".new", content);
        System.IO.File.Move(next, File(name), overwrite: true);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
