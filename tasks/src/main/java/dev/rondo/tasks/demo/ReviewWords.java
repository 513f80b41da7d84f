package dev.rondo.tasks.demo;

import java.util.List;

/// The words and sentence frames of [ReviewGrammar].
///
/// In a frame, `%A` is what is judged, `%a` an adjective, and `was` becomes `were` where `%A` is plural.
final class ReviewWords {

    private ReviewWords() {}

    /// Things of one kind and the adjectives that suit them.
    record Topic(List<String> singular, List<String> plural, List<String> good, List<String> bad) {}

    /// A world to write about.
    record Domain(List<String> things, List<Topic> topics, List<String> fillers) {}

    static final List<String> GOOD = List.of(
            "wonderful", "charming", "brilliant", "delightful", "superb", "lovely", "excellent", "splendid",
            "impressive",
            "good", "great", "perfect", "marvellous", "pleasant", "enjoyable", "magnificent");

    static final List<String> BAD = List.of(
            "dull", "dreadful", "clumsy", "awful", "tedious", "terrible", "forgettable", "disappointing", "dismal",
            "bad",
            "poor", "horrible", "ridiculous", "depressing", "annoying", "miserable");

    /// Frames that mean what their adjective means.
    static final List<String> PLAIN = List.of(
            "%A was %a", "%A was utterly %a", "%A was truly %a", "%A was simply %a", "%A was so %a",
            "%A was thoroughly %a",
            "%A was, to my mind, %a", "%A was %a from start to finish", "even my grandmother said that %A was %a",
            "%A was nothing short of %a", "%A was every bit as %a as it sounds", "%A was as %a as can be");

    /// Frames that mean what their adjective means, by a double negation.
    static final List<String> TWICE_NEGATED = List.of(
            "%A was never less than %a", "nobody could say that %A was not %a",
            "there was no moment when %A was not %a",
            "I would not deny that %A was %a", "it is not true that %A was not %a", "%A was never anything but %a",
            "not even my cat could doubt that %A was %a");

    /// Frames that mean the opposite of their adjective.
    static final List<String> NEGATED = List.of(
            "%A was not %a", "%A was never %a", "%A was hardly %a", "%A was barely %a", "%A was anything but %a",
            "%A was far from %a", "nobody could say that %A was %a", "I would not say that %A was %a",
            "%A was not %a at all", "only a liar would say that %A was %a", "it is not true that %A was %a",
            "%A was not even slightly %a", "not even my cat could say that %A was %a",
            "I waited in vain for the moment when %A was %a");

    /// Joins of two clauses of which the first (`%1`) is outweighed by the second (`%2`).
    static final List<String> CONTRAST = List.of(
            "%1, but %2", "%1, yet %2", "although %1, %2", "%2, even though %1", "true, %1, but in the end %2",
            "%2, although %1", "yes, %1, but %2", "granted, %1, and yet %2");

    /// What others said, and whether it was so: the first half has the adjective, the second decides.
    static final List<String> RUMOURS = List.of(
            "my %r promised me something %a", "the critics said that it was %a", "the advert called it %a",
            "everybody at work swore that it was %a", "the man at the door said that it would be %a",
            "a stranger on the bus called it %a");

    static final List<String> CONFIRMED = List.of(
            "and that was no lie", "and I could not agree more", "and so it was", "and I have to agree",
            "and nobody was wrong about that", "and it was true");

    static final List<String> REFUTED = List.of(
            "and that was a lie", "and I could not agree less", "and it was not so", "and I cannot agree",
            "and everybody was wrong about that", "and it was not true");

    static final List<String> CONTENT = List.of(
            "I would do it again tomorrow", "I cannot praise it enough", "I want no money back", "I regret nothing",
            "I could not be happier", "I would not hesitate to recommend it", "it was worth every penny",
            "I did not want it to end", "nothing could keep me from coming back",
            "I left with a smile and not a single complaint",
            "do not believe those who complain", "there was nothing to complain about");

    static final List<String> DISCONTENT = List.of(
            "I would not do it again", "I cannot praise it at all", "I want my money back", "I regret every minute",
            "I could not be less happy", "I would hesitate to recommend it", "it was not worth a single penny",
            "I wanted it to end", "nothing could make me come back", "I left with a complaint and not a single smile",
            "believe those who complain", "there was nothing to praise");

    static final List<String> RELATIVES = List.of(
            "sister", "brother", "uncle", "aunt", "neighbour", "dentist", "boss", "cousin", "piano teacher", "landlord",
            "grandfather", "mother", "barber", "plumber", "accountant");

    static final List<String> DAYS = List.of(
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    static final List<String> FILLERS = List.of(
            "it was a rainy %d", "my %r came along", "I live three streets away", "we took the number nine bus",
            "my %r has a parrot called Gerald", "this happened on a %d in March", "I wore my blue hat",
            "outside, somebody was selling balloons", "I am writing this on a train", "my %r paid",
            "a pigeon watched us through the window", "it was the week of my birthday",
            "I had read about it in the newspaper",
            "my %r collects stamps", "afterwards we walked home along the canal",
            "I am an accountant, so I counted the hours");

    static final List<Domain> DOMAINS = List.of(
            new Domain(
                    List.of("the film", "the movie", "the sequel", "the thriller", "the musical",
                            "the documentary about snails"),
                    List.of(
                            new Topic(
                                    List.of("the plot", "the ending", "the dialogue", "the first hour", "the twist",
                                            "the story"),
                                    List.of("the car chases", "the jokes", "the love scenes", "the dance numbers"),
                                    List.of("gripping", "funny", "moving", "clever", "thrilling", "original"),
                                    List.of("boring", "predictable", "pointless", "silly", "confusing", "endless")),
                            new Topic(
                                    List.of("the acting", "the villain", "the hero", "the talking dog",
                                            "the lead actress"),
                                    List.of("the actors", "the aliens", "the twins", "the zombies"),
                                    List.of("believable", "lively", "graceful", "brave"),
                                    List.of("wooden", "lifeless", "stiff", "sleepy"))),
                    List.of("I sat in row seven", "the popcorn was salted", "the film lasts two hours",
                            "it is set in Norway",
                            "the cinema has red curtains", "there is a horse in it")),
            new Domain(
                    List.of("the restaurant", "the bistro", "the noodle bar", "the pizzeria",
                            "the little place by the harbour"),
                    List.of(
                            new Topic(
                                    List.of("the soup", "the fish", "the bread", "the cheesecake", "the coffee",
                                            "the lasagne"),
                                    List.of("the dumplings", "the noodles", "the pancakes", "the mushrooms",
                                            "the oysters"),
                                    List.of("delicious", "tasty", "fresh", "fragrant", "juicy"),
                                    List.of("bland", "soggy", "greasy", "stale", "burnt")),
                            new Topic(
                                    List.of("the waiter", "the service", "the chef", "the barman"),
                                    List.of("the waiters", "the cooks", "the staff"),
                                    List.of("friendly", "attentive", "polite", "quick"),
                                    List.of("rude", "slow", "grumpy", "careless"))),
                    List.of("we sat near the kitchen", "the menu is in Italian", "my table had three legs",
                            "I ordered the soup and my %r the fish", "the candles were green", "they open at noon")),
            new Domain(
                    List.of("the kettle", "the umbrella", "the toaster", "the alarm clock", "the vacuum cleaner",
                            "the robot"),
                    List.of(
                            new Topic(
                                    List.of("the handle", "the lid", "the switch", "the cable", "the design"),
                                    List.of("the hinges", "the buttons", "the wheels", "the screws"),
                                    List.of("sturdy", "elegant", "solid", "smooth"),
                                    List.of("flimsy", "ugly", "wobbly", "rusty")),
                            new Topic(
                                    List.of("the manual", "the battery", "the timer", "the app", "the warranty"),
                                    List.of("the instructions", "the spare parts", "the settings"),
                                    List.of("useful", "reliable", "clear", "simple"),
                                    List.of("useless", "unreliable", "baffling", "broken"))),
                    List.of("it came in a brown box", "the postman rang twice", "I keep it next to the fridge",
                            "mine is the yellow one", "it weighs about as much as a cat", "I bought it for my %r")),
            new Domain(
                    List.of("the hotel", "the guest house", "the campsite", "the cabin", "the castle"),
                    List.of(
                            new Topic(
                                    List.of("the bed", "the room", "the bathroom", "the sofa", "the carpet"),
                                    List.of("the pillows", "the towels", "the blankets", "the curtains"),
                                    List.of("cosy", "clean", "soft", "comfortable"),
                                    List.of("damp", "dirty", "smelly", "scratchy")),
                            new Topic(
                                    List.of("the view", "the garden", "the pool", "the terrace", "the lobby"),
                                    List.of("the surroundings", "the evenings", "the neighbours"),
                                    List.of("peaceful", "sunny", "quiet", "relaxing"),
                                    List.of("noisy", "gloomy", "shabby", "chaotic"))),
                    List.of("we had room twelve", "breakfast is at eight", "the key was on a wooden fish",
                            "my %r snores", "we stayed for two nights", "there is a stuffed bear in the hall")),
            new Domain(
                    List.of("the novel", "the book", "the biography", "the detective story", "the collection of poems"),
                    List.of(
                            new Topic(
                                    List.of("the prose", "the opening chapter", "the mystery", "the final page",
                                            "the translation"),
                                    List.of("the chapters", "the metaphors", "the letters", "the footnotes"),
                                    List.of("witty", "wise", "vivid", "elegant"),
                                    List.of("pretentious", "muddled", "shallow", "clumsy")),
                            new Topic(
                                    List.of("the detective", "the narrator", "the butler", "the heroine"),
                                    List.of("the pirates", "the suspects", "the lovers", "the ghosts"),
                                    List.of("lovable", "mysterious", "human", "fascinating"),
                                    List.of("tiresome", "hollow", "unlikeable", "irritating"))),
                    List.of("it has four hundred pages", "my copy smelt of coffee", "I read it in the bath",
                            "the cover is purple",
                            "I borrowed it from my %r", "it is set in Lisbon")));
}
