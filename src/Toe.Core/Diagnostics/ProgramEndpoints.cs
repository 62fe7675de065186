using System.Globalization;

namespace Toe.Diagnostics;

/// <summary>The endpoints in the folders that programs of this machine may use.</summary>
internal static class ProgramEndpoints
{
    public static IEnumerable<(int Pid, string Path)> Find()
    {
        foreach (var folder in RuntimeDirectory.Candidates(RuntimePlaces.OfThisProcess()))
        {
            string[] files;
            try
            {
                files = Directory.GetFiles(folder, "*.sock");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            foreach (var file in files)
            {
                if (int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                    yield return (pid, file);
            }
        }
    }

    /// <summary>Removes an endpoint at which nobody listens: its process ended without cleaning up.</summary>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's: theirs to clean.
        }
    }
}
