namespace Toe.Testing;

/// <summary>Programs of the checkout, as they were built beside the tests.</summary>
public static class BuiltProgram
{
    /// <summary>The file that <c>dotnet</c> runs.</summary>
    /// <param name="project">The project's folder below the checkout's, whose last part is the program's name: <c>samples/Worker</c>.</param>
    public static string PathOf(string project)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)); // bin/Release/net10.0
        return Path.Combine(Repository.Root, project, "bin", built.Parent!.Name, built.Name, Path.GetFileName(project) + ".dll");
    }
}
