namespace Toe;

/// <summary>A provider as an older contract had it: with other members than today's.</summary>
public interface IToeProvider
{
    int CountCards();
}
